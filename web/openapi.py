"""Write the API's OpenAPI document, from which the app's types are generated (`make types`)."""

from __future__ import annotations

import json
from pathlib import Path

from quorate.server.app import create_app
from quorate.store.database import Database

PLACE = Path(__file__).resolve().parent / "openapi.json"


def main() -> None:
    """Without a database: the document depends on the code alone."""
    document = create_app(Database.__new__(Database)).openapi()
    PLACE.write_text(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
