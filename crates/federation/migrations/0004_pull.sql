-- When a feed that failed is asked again, and how often asking failed in all.
alter table peer_feed add column retry_at integer;
alter table peer_feed add column failures integer not null default 0;
