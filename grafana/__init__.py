"""The boards: short declarations with the SQL beside each panel, and the JSON that Grafana is given, made from them.

`boards/` holds the declarations; `python -m grafana` (`make boards`) writes `dashboards/` and `provisioning/`. Nobody
edits those by hand, and a test compares. `nhip boards` draws the same declarations in the terminal.
"""
