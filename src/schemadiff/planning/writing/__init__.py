"""From ordered acts to statements: each kind writes its own, planning says which form fits."""
