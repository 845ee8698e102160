"""`python -m schemadiff`."""

import sys
from pathlib import Path

# Python looks in the working directory first, which may be a project's, unless this package was found there itself.
if not sys.flags.safe_path and sys.path[0] != str(Path(__file__).parents[1]):
    del sys.path[0]

from schemadiff.cli.main import main

main()
