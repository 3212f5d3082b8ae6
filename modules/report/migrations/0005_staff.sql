create table report_change (
    case_id blob not null references report (case_id),
    at integer not null,
    what text not null,
    before text not null,
    primary key (case_id, at)
);
update case_file set review = 1 where id in (select case_id from report where visibility = 'waiting');
-- One account of what was told of a report, for webhooks and mails alike.
create table report_told_line (
    case_id blob primary key references report (case_id),
    place integer not null
);
create table report_waiting_news (
    case_id blob primary key,
    is_new integer not null,
    at integer not null
);
insert into report_told_line (case_id, place)
    select e.case_id, max(e.place) from case_event e join report r on r.case_id = e.case_id
    where e.public = 1 and r.visibility = 'public' group by e.case_id;
insert into report_waiting_news (case_id, is_new, at)
    select c.id, case when t.case_id is null then 1 else 0 end, c.updated
    from case_file c join report r on r.case_id = c.id left join report_told t on t.case_id = c.id
    where r.visibility = 'public' and c.updated > (select w.at from report_walk w where w.name = 'follow');
delete from report_walk where name = 'follow';
drop table report_webhook_told;
drop table report_told;
create index report_follow_confirmed on report_follow (secret) where confirmed is not null;
-- What somebody decided about one photo; without a row it follows its report, and a crew's stays with the office.
create table report_photo (
    case_id blob not null references report (case_id),
    place integer not null,
    shown integer not null,
    primary key (case_id, place)
);
