"""An own world is tried before it decides anything (`evo check`)."""
