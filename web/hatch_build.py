"""Builds the browser app into the package, unless it is there already or the install is editable."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BrowserApp(BuildHookInterface[Any]):
    """A source distribution carries the built pages, so that a wheel made from it needs no Node.js."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before the files are collected."""
        root = Path(self.root)
        if version == "editable" or (root / "src/quorate/server/pages/index.html").is_file():
            return
        for arguments in (["install", "--no-save"], ["run", "build"]):
            subprocess.run([sys.executable, str(root / "web/npm.py"), *arguments], check=True)
