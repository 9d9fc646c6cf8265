"""What is watched, as data: TOML files in this folder, and the loader that refuses a mistake before anything starts."""
