"""dbt on Oracle Database: a dbt package of macros, the profile that fits it, and a `dbt` that needs no preparation.

What dbt-oracle (Oracle's adapter) does is left to it; this adds what its users otherwise write themselves.
"""

from __future__ import annotations

from pathlib import Path

from .profile import profile, profile_text
from .project import create_project

#: The dbt package (dbt_project.yml and macros): `packages: [{local: <this>}]`.
PACKAGE_PATH: Path = Path(__file__).parent / "dbt_package"


__all__ = ["PACKAGE_PATH", "create_project", "profile", "profile_text"]
