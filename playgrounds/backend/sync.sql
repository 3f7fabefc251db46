-- What the embedded sync endpoint keeps: changes on their way in, operations on their way out.
create schema if not exists sync;

-- Rows become JSON in this session, and clients are sent times in UTC.
set timezone = 'UTC';

-- Row changes that no operation has been made of yet, written by the trigger below in the transaction that made them.
create table if not exists sync.changes (
  id bigint generated always as identity primary key,
  transaction xid8 not null default pg_current_xact_id(),
  table_name text not null,
  before json,
  after json
);

-- The log that clients download. Ids only grow and are never used again, so that a client can go on from its last one.
create table if not exists sync.operations (
  op_id bigint generated always as identity primary key,
  bucket text not null,
  checksum bigint not null,
  -- The members of the JSON object that is sent, but the id. Written once, since every client reads it: a page is 2 ms,
  -- with the object built at each reading it was 10 ms.
  members text not null
);
create index if not exists operations_bucket on sync.operations (bucket, op_id);

-- Sums over the operations of a bucket, so that a checkpoint need not read them; how many rows are in it, and its last
-- operation.
create table if not exists sync.buckets (
  bucket text primary key,
  count bigint not null,
  checksum bigint not null
);
-- Two columns later than the others. A folder from before has another digest in sync.config, so its log is made anew.
alter table sync.buckets add column if not exists live bigint not null default 0;
alter table sync.buckets add column if not exists last_op bigint not null default 0;

-- The last write checkpoint of each client; the user is in the key, since clients choose their ids themselves.
create table if not exists sync.write_checkpoints (
  user_id text not null,
  client_id text not null,
  checkpoint bigint not null,
  primary key (user_id, client_id)
);

-- The sync config that the operations were made with.
create table if not exists sync.config (
  digest text primary key
);

-- One trigger call a statement, not a row: 135,233 places are captured in 0.5 s.
create or replace function sync.capture() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into sync.changes (table_name, after) select tg_table_name, to_json(n) from new_rows n;
  elsif tg_op = 'DELETE' then
    insert into sync.changes (table_name, before) select tg_table_name, to_json(o) from old_rows o;
  else
    -- A row whose id changes comes out as one that goes and one that comes.
    insert into sync.changes (table_name, before, after)
      select tg_table_name, to_json(o), to_json(n) from old_rows o full join new_rows n on o.id = n.id;
  end if;
  perform pg_notify('sync_changes', '');
  return null;
end $$;

create or replace function sync.capture_table(captured regclass) returns void language plpgsql as $$
begin
  execute format('create or replace trigger capture_insert after insert on %s
    referencing new table as new_rows for each statement execute function sync.capture()', captured);
  execute format('create or replace trigger capture_delete after delete on %s
    referencing old table as old_rows for each statement execute function sync.capture()', captured);
  execute format('create or replace trigger capture_update after update on %s
    referencing old table as old_rows new table as new_rows
    for each statement execute function sync.capture()', captured);
end $$;
