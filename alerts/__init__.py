"""The alerts: rules as short declarations, and the files of Grafana, Prometheus and Alertmanager made from them.

`rules/` asks the store (Grafana evaluates), `monitor/` watches the monitor itself (Prometheus evaluates), `routes.py`
says who is told and when nobody is. `python -m alerts` (`make alerts`) writes the files; nobody edits those by hand,
and a test compares. `nhip alerts` evaluates the same rules without a Grafana.
"""
