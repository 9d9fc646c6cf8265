"""The alerts: rules as short declarations, and the files of Grafana, Prometheus and Alertmanager made from them."""
