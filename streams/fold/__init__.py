"""Steps of cases become rolling indicators. Figures are indicators already."""
