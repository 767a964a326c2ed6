"""From profiles to a plan: propose, price, solve, recommend, audit."""
