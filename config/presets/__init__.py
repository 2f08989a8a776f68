"""Ready rules that a portfolio file may name: ladders, matrices and the shapes of known lists."""
