-- The playground's tables, in plain Postgres: the embedded one and a real server take the same file.

create table if not exists trips (
  id text primary key check (id <> ''),
  owner_id text not null,
  name text not null,
  starts_on date,
  created_at timestamptz not null default now(),
  -- What the foreign key of stops points at.
  unique (id, owner_id)
);

create table if not exists places (
  id text primary key,
  name text not null,
  search text not null,
  country text not null,
  population integer not null,
  lat double precision not null,
  lon double precision not null
);
create index if not exists places_search on places (search, population);
create index if not exists places_country on places (country, search);

create table if not exists stops (
  id text primary key check (id <> ''),
  trip_id text not null,
  owner_id text not null,
  place_id text references places (id) on delete set null,
  place text not null,
  note text,
  day integer,
  position integer not null default 0,
  done boolean not null default false,
  -- With the owner in it, no stop can hang on a trip of somebody else, whatever code writes it.
  foreign key (trip_id, owner_id) references trips (id, owner_id) on delete cascade
);
create index if not exists stops_trip on stops (trip_id);

-- How far the places have been seeded; a seed that was killed goes on from here.
create table if not exists seeding (
  name text primary key,
  done_rows integer not null,
  is_complete boolean not null
);

-- Uploads that have been written, so that one whose answer got lost is not written again over what others have changed
-- since. A client's last hundred are kept, and none for longer than a client may well be offline.
create table if not exists uploads (
  user_id text not null,
  client_id text not null,
  transaction_id bigint not null,
  -- Of the operations. Another content under the same key is another upload: a client's database was restored.
  digest text not null,
  uploaded_at timestamptz not null default now(),
  primary key (user_id, client_id, transaction_id)
);
create index if not exists uploads_age on uploads (uploaded_at);

-- Parts of an upload that is too large for one request, until its last one comes.
create table if not exists upload_parts (
  user_id text not null,
  client_id text not null,
  transaction_id bigint not null,
  part integer not null,
  operations text not null,
  uploaded_at timestamptz not null default now(),
  primary key (user_id, client_id, transaction_id, part)
);
create index if not exists upload_parts_age on upload_parts (uploaded_at);
