create table search_doc (
    id integer primary key,
    module text not null,
    key text not null,
    audience text not null,
    title text not null,
    url text not null,
    tokens text not null,
    at integer not null
-- only: postgres
    , vector tsvector generated always as (array_to_tsvector(string_to_array(tokens, ' '))) stored
-- end
);
create index search_doc_key on search_doc (module, key);
-- only: postgres
create index search_doc_vector on search_doc using gin (vector);
-- end
-- only: sqlite
create virtual table search_index using fts5 (
    tokens, content = '', contentless_delete = 1, detail = none, tokenize = "unicode61 remove_diacritics 0"
) ;
create trigger search_doc_insert after insert on search_doc begin
    insert into search_index (rowid, tokens) values (new.id, new.tokens); end;
create trigger search_doc_delete after delete on search_doc begin
    delete from search_index where rowid = old.id; end;
create trigger search_doc_update after update on search_doc begin
    delete from search_index where rowid = old.id;
    insert into search_index (rowid, tokens) values (new.id, new.tokens); end;
-- end

create table job (
    id blob primary key,
    kind text not null,
    payload text not null,
    run_at integer not null,
    locked_until integer not null default 0,
    attempts integer not null default 0,
    last_error text
);
create index job_due on job (run_at);

create table file (
    hash blob primary key,
    kind text not null,
    size integer not null,
    width integer,
    height integer,
    created integer not null
);
create table file_use (
    hash blob not null references file (hash),
    case_id blob not null,
    place integer not null,
    public integer not null,
    primary key (case_id, place)
);
create index file_use_hash on file_use (hash);
