"""Everything that makes the trained pipeline from corpora; never imported when claims are extracted."""
