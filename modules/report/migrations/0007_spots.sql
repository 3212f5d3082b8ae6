-- Holds all that it takes to choose among the reports in a place.
drop index report_cell;
create index report_cell on report (cell, lat, lon, opened, visibility, category, case_id) where cell is not null;
