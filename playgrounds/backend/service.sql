-- What a PowerSync Service needs of a Postgres server beside `wal_level = logical`, for a role that may make it. Run once
-- in the planner's database, after schema.sql.

-- What the service replicates: the tables that sync-streams.yaml names, and no others.
create publication powersync for table trips, stops, places;

-- Where a service that you run keeps its own data. PowerSync Cloud keeps it elsewhere and needs none.
create database powersync_storage;
