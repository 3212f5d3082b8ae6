create table report_draft (
    hash blob primary key,
    person blob,
    email text,
    content text not null,
    updated integer not null
);
create index report_draft_updated on report_draft (updated);
create index report_draft_person on report_draft (person) where person is not null;
create index report_draft_email on report_draft (email) where email is not null;
create table report_draft_photo (
    draft blob not null references report_draft (hash),
    place integer not null,
    hash blob not null references file (hash),
    size integer not null,
    width integer not null,
    height integer not null,
    primary key (draft, place)
);
create index report_draft_photo_hash on report_draft_photo (hash);
create table report_support (
    case_id blob not null references report (case_id),
    supporter blob not null,
    person blob,
    counted integer not null,
    primary key (case_id, supporter)
);
create index report_support_person on report_support (person) where person is not null;
create table report_follower (
    hash blob primary key,
    case_id blob not null references report (case_id),
    email text not null,
    reporter integer not null,
    lang text not null,
    created integer not null,
    confirmed integer
);
create index report_follower_case on report_follower (case_id);
create index report_follower_email on report_follower (email);
create index report_follower_waiting on report_follower (created) where confirmed is null;
create table report_pace (
    category text primary key references report_category (code),
    closed integer not null,
    median_seconds integer not null
);
create index report_contact_email on report (contact_email) where contact_email is not null;
