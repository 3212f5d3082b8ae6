create table report_change (
    case_id blob not null references report (case_id),
    at integer not null,
    what text not null,
    before text not null,
    primary key (case_id, at)
);
update case_file set review = 1 where id in (select case_id from report where visibility = 'waiting');
