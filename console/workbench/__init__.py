"""Operating points of finished runs: what every threshold misses and whom it flags, group by group.

Plain functions over files that `saring run` wrote, for the workbench in the browser and for notebooks. Nobody
is drawn or screened here, and nothing of a single applicant leaves it.
"""
