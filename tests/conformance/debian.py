"""Debian packages that a check needs: installed if they are missing and root asks, else named."""

import os
import shutil
import subprocess


def installed(packages: tuple[str, ...]) -> str:
    """Install Debian packages; in words, why they cannot be."""
    needs = f"needs the Debian packages {' '.join(packages)}" if packages else "its interpreter is not here"
    if not packages or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return needs
    for command in (("update",), ("install", "--yes", "--no-install-recommends", *packages)):
        if subprocess.run(("apt-get", "--quiet", "--quiet", *command), capture_output=True, check=False).returncode:
            return needs
    return ""
