"""Extensions that a scratch server lacks, made of what live says they own: names, types and signatures, no code."""
