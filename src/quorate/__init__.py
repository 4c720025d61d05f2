"""Labels from crowd, experts and models: each item judged as often as it needs, each label with its evidence."""

__version__ = "0.1.0.dev0"
