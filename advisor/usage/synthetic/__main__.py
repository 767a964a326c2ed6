"""`python -m advisor.usage.synthetic FOLDER` writes the demo company (`data/shop`)."""

import sys
from pathlib import Path

from advisor.usage.synthetic.write import write_demo

if __name__ == "__main__":
    write_demo(Path(sys.argv[1]))
