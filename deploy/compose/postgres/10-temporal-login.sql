-- Runs once, when the volume is empty. Temporal makes and owns its two databases under a login of its own.
\set password `cat /run/secrets/temporal_db_password`
CREATE ROLE temporal LOGIN CREATEDB PASSWORD :'password';
