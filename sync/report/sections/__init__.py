"""The parts of a committee's paper, one module each: an edition's view in, sections of a document out."""
