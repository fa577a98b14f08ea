-- What all tenants share in the main database, as the migrations leave it.
-- Written by `npm run schema`, compared by a test, never run. What names no owner belongs to whoever migrated; what
-- no line grants is granted to nobody.

CREATE ROLE openclaw_app LOGIN NOINHERIT;
CREATE ROLE openclaw_directory NOLOGIN NOINHERIT;
CREATE ROLE openclaw_gateway LOGIN NOINHERIT;
CREATE ROLE openclaw_provisioning LOGIN NOINHERIT;
CREATE ROLE openclaw_provisioning_directory NOLOGIN NOINHERIT;
CREATE ROLE openclaw_whole_directory NOLOGIN NOINHERIT;
CREATE ROLE openclaw_worker LOGIN NOINHERIT;
CREATE ROLE openclaw_worker_directory NOLOGIN NOINHERIT;
GRANT openclaw_directory TO openclaw_app WITH INHERIT FALSE, SET TRUE;
GRANT openclaw_directory TO openclaw_gateway WITH INHERIT FALSE, SET TRUE;
GRANT openclaw_directory TO openclaw_whole_directory WITH INHERIT TRUE, SET FALSE;
GRANT openclaw_provisioning_directory TO openclaw_provisioning WITH INHERIT FALSE, SET TRUE;
GRANT openclaw_provisioning_directory TO openclaw_whole_directory WITH INHERIT TRUE, SET FALSE;
GRANT openclaw_whole_directory TO openclaw_app WITH INHERIT FALSE, SET TRUE;
GRANT openclaw_worker_directory TO openclaw_whole_directory WITH INHERIT TRUE, SET FALSE;
GRANT openclaw_worker_directory TO openclaw_worker WITH INHERIT FALSE, SET TRUE;

CREATE SCHEMA openclaw;
GRANT USAGE ON SCHEMA openclaw TO openclaw_directory;
GRANT USAGE ON SCHEMA openclaw TO openclaw_provisioning_directory;
GRANT USAGE ON SCHEMA openclaw TO openclaw_whole_directory;
GRANT USAGE ON SCHEMA openclaw TO openclaw_worker_directory;

-- Keys of tenants, wrapped by a master key; the newest of a tenant seals. Beside them, under the tenant installation, master keys that left the file.
CREATE TABLE openclaw.data_keys (
  -- dek_…, or the id of a former master key; the header of what it sealed names it.
  id text NOT NULL,
  tenant_id text NOT NULL,
  -- The key's 32 bytes under a master key, bound to data-key|tenant|id; NULL once destroyed.
  sealed bytea,
  -- Id of that master key, so that one can see when it is no longer needed.
  wrapped_by text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  -- When that was done last.
  wrapped_at timestamp with time zone NOT NULL DEFAULT now(),
  -- A destroyed key never comes back, nor does its tenant get another.
  destroyed_at timestamp with time zone,
  -- The same key as it was wrapped before, until the new form is seen to open.
  sealed_before bytea,
  -- Id of the master key that opens sealed_before.
  wrapped_by_before text,
  CONSTRAINT data_keys_pkey PRIMARY KEY (id),
  CONSTRAINT data_keys_check CHECK (((sealed IS NULL) = (destroyed_at IS NOT NULL))),
  CONSTRAINT data_keys_check1 CHECK (((sealed IS NULL) = (wrapped_by IS NULL))),
  CONSTRAINT data_keys_check2 CHECK (((sealed_before IS NULL) = (wrapped_by_before IS NULL))),
  CONSTRAINT data_keys_check3 CHECK (((sealed_before IS NULL) OR (sealed IS NOT NULL))),
  CONSTRAINT data_keys_id_check CHECK ((id ~ '^[A-Za-z0-9_-]{1,64}$'::text)),
  CONSTRAINT data_keys_tenant_id_check CHECK ((tenant_id ~ '^[a-z][a-z0-9-]{1,39}$'::text))
);
CREATE INDEX data_keys_by_master ON openclaw.data_keys USING btree (wrapped_by, id);
CREATE INDEX data_keys_of_tenant ON openclaw.data_keys USING btree (tenant_id, created_at, id);
CREATE TRIGGER data_keys_begin_destruction BEFORE UPDATE OF destroyed_at ON openclaw.data_keys FOR EACH ROW WHEN (((old.destroyed_at IS NULL) AND (new.destroyed_at IS NOT NULL))) EXECUTE FUNCTION openclaw.begin_tenant_destruction();
CREATE TRIGGER data_keys_stay_destroyed BEFORE UPDATE ON openclaw.data_keys FOR EACH ROW EXECUTE FUNCTION openclaw.hold_data_key();
ALTER TABLE openclaw.data_keys ENABLE ALWAYS TRIGGER data_keys_stay_destroyed;
GRANT SELECT ON TABLE openclaw.data_keys TO openclaw_directory;
GRANT SELECT ON TABLE openclaw.data_keys TO openclaw_provisioning_directory;
GRANT SELECT ON TABLE openclaw.data_keys TO openclaw_worker_directory;

-- One row: how long the deletion of a tenant waits at least. Set by the provisioning process.
CREATE TABLE openclaw.deletion_wait (
  -- Always true, so that there is one row.
  one_row boolean NOT NULL DEFAULT true,
  -- Milliseconds. Whoever asks for a deletion may ask for longer.
  least_ms bigint NOT NULL,
  CONSTRAINT deletion_wait_pkey PRIMARY KEY (one_row),
  CONSTRAINT deletion_wait_least_ms_check CHECK ((least_ms >= 0)),
  CONSTRAINT deletion_wait_one_row_check CHECK (one_row)
);

-- Sign-ins at the provider that a logout token has ended.
CREATE TABLE openclaw.ended_sign_ins (
  -- SHA-256 (hex) of the provider's own name for the sign-in (sid).
  provider_session text NOT NULL,
  -- When the provider told it.
  ended_at timestamp with time zone NOT NULL DEFAULT now(),
  -- No token of it can live longer.
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT ended_sign_ins_pkey PRIMARY KEY (provider_session),
  CONSTRAINT ended_sign_ins_provider_session_check CHECK ((provider_session ~ '^[0-9a-f]{64}$'::text))
);
CREATE INDEX ended_sign_ins_by_expiry ON openclaw.ended_sign_ins USING btree (expires_at);
GRANT DELETE, INSERT, SELECT ON TABLE openclaw.ended_sign_ins TO openclaw_directory;
GRANT DELETE, SELECT (expires_at) ON TABLE openclaw.ended_sign_ins TO openclaw_worker_directory;

-- Up to which head each place has a tenant's audit heads.
CREATE TABLE openclaw.head_publications (
  tenant_id text NOT NULL,
  -- Kind of place.
  place text NOT NULL,
  -- Newest head that the place has; the next one is due.
  head_n bigint NOT NULL,
  -- Time of that head; NULL before the first one got there.
  head_at timestamp with time zone,
  -- When the place was configured, as far as a worker saw.
  since timestamp with time zone NOT NULL DEFAULT now(),
  -- When a worker last said that the place is configured.
  wanted_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT head_publications_pkey PRIMARY KEY (tenant_id, place),
  CONSTRAINT head_publications_head_n_check CHECK ((head_n >= 0)),
  CONSTRAINT head_publications_place_check CHECK ((place = ANY (ARRAY['folder'::text, 'bucket'::text, 'webhook'::text]))),
  CONSTRAINT head_publications_tenant_id_check CHECK ((tenant_id ~ '^[a-z][a-z0-9-]{1,39}$'::text))
);
GRANT INSERT, SELECT, UPDATE (head_at, head_n, since, wanted_at) ON TABLE openclaw.head_publications TO openclaw_worker_directory;
GRANT SELECT ON TABLE openclaw.head_publications TO openclaw_directory;

-- Back-channel logout tokens that were taken: none counts twice.
CREATE TABLE openclaw.logout_tokens (
  -- SHA-256 (hex) of its jti claim.
  token_hash text NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT logout_tokens_pkey PRIMARY KEY (token_hash),
  CONSTRAINT logout_tokens_token_hash_check CHECK ((token_hash ~ '^[0-9a-f]{64}$'::text))
);
CREATE INDEX logout_tokens_by_expiry ON openclaw.logout_tokens USING btree (expires_at);
GRANT DELETE, INSERT, SELECT ON TABLE openclaw.logout_tokens TO openclaw_directory;
GRANT DELETE, SELECT (expires_at) ON TABLE openclaw.logout_tokens TO openclaw_worker_directory;

-- Workflows that began later hold no payload that is not bound to its place. Written once, by the migration.
CREATE TABLE openclaw.payload_binding (
  -- There is one row.
  one boolean NOT NULL DEFAULT true,
  -- A day after the migration: until then gateways of the version before may still start workflows.
  since timestamp with time zone NOT NULL,
  CONSTRAINT payload_binding_pkey PRIMARY KEY (one),
  CONSTRAINT payload_binding_one_check CHECK (one)
);
GRANT SELECT ON TABLE openclaw.payload_binding TO openclaw_directory;
GRANT SELECT ON TABLE openclaw.payload_binding TO openclaw_provisioning_directory;
GRANT SELECT ON TABLE openclaw.payload_binding TO openclaw_worker_directory;

-- Browser sessions of all tenants: found by the hash of a cookie, before the tenant is known.
CREATE TABLE openclaw.sessions (
  -- SHA-256 (hex) of the cookie's value; the value itself is stored nowhere.
  id_hash text NOT NULL,
  tenant_id text NOT NULL,
  -- The sub claim.
  user_id text NOT NULL,
  -- Claims and tokens as encrypted JSON, bound to id_hash and tenant.
  sealed bytea NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  -- Last use, to the minute.
  seen_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone NOT NULL,
  -- Set by sign-out; an ended session never comes back.
  ended_at timestamp with time zone,
  -- What people and the API call it; opens nothing.
  session_id text NOT NULL,
  -- A session, or the one-time ticket that carries a finished sign-in to it.
  kind text NOT NULL,
  -- SHA-256 (hex) of the sid claim of the identity token, for back-channel logout.
  provider_session text,
  CONSTRAINT sessions_pkey PRIMARY KEY (id_hash),
  CONSTRAINT sessions_session_id_key UNIQUE (session_id),
  CONSTRAINT sessions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES openclaw.tenants(id),
  CONSTRAINT sessions_id_hash_check CHECK ((id_hash ~ '^[0-9a-f]{64}$'::text)),
  CONSTRAINT sessions_kind_check CHECK ((kind = ANY (ARRAY['session'::text, 'ticket'::text]))),
  CONSTRAINT sessions_session_id_check CHECK ((session_id ~ '^ses_[0-9A-HJKMNP-TV-Z]{26}$'::text))
);
CREATE INDEX sessions_by_expiry ON openclaw.sessions USING btree (expires_at);
CREATE INDEX sessions_of_person ON openclaw.sessions USING btree (tenant_id, user_id) WHERE (ended_at IS NULL);
CREATE INDEX sessions_of_provider ON openclaw.sessions USING btree (provider_session) WHERE (ended_at IS NULL);
CREATE INDEX sessions_of_subject ON openclaw.sessions USING btree (user_id) WHERE (ended_at IS NULL);
GRANT DELETE, INSERT, SELECT, UPDATE (ended_at, expires_at, sealed, seen_at) ON TABLE openclaw.sessions TO openclaw_directory;
GRANT DELETE, SELECT (ended_at, expires_at, kind) ON TABLE openclaw.sessions TO openclaw_worker_directory;

-- When a tenant stood still: deadlines are as much later. Written by a trigger alone.
CREATE TABLE openclaw.tenant_suspensions (
  tenant_id text NOT NULL,
  -- When it was suspended, or its deletion was asked for.
  suspended_at timestamp with time zone NOT NULL,
  -- When work went on; null while it stands still.
  resumed_at timestamp with time zone,
  CONSTRAINT tenant_suspensions_pkey PRIMARY KEY (tenant_id, suspended_at),
  CONSTRAINT tenant_suspensions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES openclaw.tenants(id)
);
CREATE UNIQUE INDEX tenant_suspensions_one_open ON openclaw.tenant_suspensions USING btree (tenant_id) WHERE (resumed_at IS NULL);
GRANT SELECT ON TABLE openclaw.tenant_suspensions TO openclaw_directory;
GRANT SELECT ON TABLE openclaw.tenant_suspensions TO openclaw_provisioning_directory;
GRANT SELECT ON TABLE openclaw.tenant_suspensions TO openclaw_worker_directory;

-- One row per tenant; each has a schema tenant_<id> and a role <prefix>_t_<id>.
CREATE TABLE openclaw.tenants (
  id text NOT NULL,
  -- For people.
  name text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  -- Names of its own, as people know them; for people.
  domains jsonb NOT NULL DEFAULT '[]'::jsonb,
  -- The only issuer whose tokens may name it; null = the installation's.
  oidc_issuer text,
  -- domain/tenant.ts; deleted is final, and its id is never given again.
  status text NOT NULL DEFAULT 'active'::text,
  -- When the waiting time of a deletion is over; nothing is destroyed before.
  delete_at timestamp with time zone,
  -- What it becomes again when the deletion is called off.
  restored_as text,
  -- When its destruction began; from then on the deletion cannot be called off.
  destroying_since timestamp with time zone,
  CONSTRAINT tenants_pkey PRIMARY KEY (id),
  CONSTRAINT tenants_check CHECK (((status = 'deleting'::text) = (delete_at IS NOT NULL))),
  CONSTRAINT tenants_check1 CHECK (((status = 'deleting'::text) = (restored_as IS NOT NULL))),
  CONSTRAINT tenants_check2 CHECK (((destroying_since IS NULL) OR (status = ANY (ARRAY['deleting'::text, 'deleted'::text])))),
  CONSTRAINT tenants_domains_check CHECK ((jsonb_typeof(domains) = 'array'::text)),
  CONSTRAINT tenants_id_check CHECK ((id ~ '^[a-z][a-z0-9-]{1,39}$'::text)),
  CONSTRAINT tenants_id_check1 CHECK ((id <> 'installation'::text)),
  CONSTRAINT tenants_restored_as_check CHECK ((restored_as = ANY (ARRAY['active'::text, 'suspended'::text]))),
  CONSTRAINT tenants_status_check CHECK ((status = ANY (ARRAY['provisioning'::text, 'active'::text, 'suspended'::text, 'deleting'::text, 'deleted'::text])))
);
CREATE TRIGGER tenants_guard_deletion_time BEFORE UPDATE OF delete_at ON openclaw.tenants FOR EACH ROW EXECUTE FUNCTION openclaw.guard_deletion_time();
CREATE TRIGGER tenants_guard_destruction BEFORE UPDATE OF destroying_since ON openclaw.tenants FOR EACH ROW EXECUTE FUNCTION openclaw.guard_tenant_destruction();
CREATE TRIGGER tenants_keep_steps AFTER UPDATE OF status ON openclaw.tenants FOR EACH ROW EXECUTE FUNCTION openclaw.keep_tenant_steps();
GRANT SELECT ON TABLE openclaw.tenants TO openclaw_provisioning_directory;
GRANT SELECT ON TABLE openclaw.tenants TO openclaw_worker_directory;
GRANT SELECT, UPDATE (domains, name, oidc_issuer) ON TABLE openclaw.tenants TO openclaw_directory;

-- Recurring work for the whole installation, and when it was last done. Written by upkeep_wanted and upkeep_done.
CREATE TABLE openclaw.upkeep (
  -- Kind of its workflow.
  kind text NOT NULL,
  -- When a worker first looked after it.
  since timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  -- When a run over all tenants last ended well, by the database's clock; NULL before the first.
  done_at timestamp with time zone,
  CONSTRAINT upkeep_pkey PRIMARY KEY (kind),
  CONSTRAINT upkeep_kind_check CHECK ((kind = ANY (ARRAY['audit-checkpoint'::text, 'retention'::text, 'rewrap'::text, 'reconcile'::text])))
);
GRANT SELECT ON TABLE openclaw.upkeep TO openclaw_directory;

-- Gives a tenant its first key; one that has or had a key gets none.
CREATE OR REPLACE FUNCTION openclaw.add_data_key(p_id text, p_tenant text, p_sealed bytea, p_wrapped_by text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  -- Two processes may ask at the same time: only one makes the key.
  PERFORM pg_advisory_xact_lock(hashtextextended('data_keys|' || p_tenant, 0));
  INSERT INTO openclaw.data_keys (id, tenant_id, sealed, wrapped_by)
    SELECT p_id, p_tenant, p_sealed, p_wrapped_by
    WHERE EXISTS (SELECT FROM openclaw.tenants WHERE id = p_tenant AND status <> 'deleted')
      AND NOT EXISTS (SELECT FROM openclaw.data_keys WHERE tenant_id = p_tenant);
END $function$;
GRANT EXECUTE ON FUNCTION openclaw.add_data_key(text,text,bytea,text) TO openclaw_provisioning_directory;

-- Asks for a tenant; false when the id is taken.
CREATE OR REPLACE FUNCTION openclaw.add_tenant(p_id text, p_name text, p_domains jsonb, p_oidc_issuer text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  INSERT INTO openclaw.tenants (id, name, domains, oidc_issuer, status)
    VALUES (p_id, p_name, p_domains, p_oidc_issuer, 'provisioning') ON CONFLICT (id) DO NOTHING;
  RETURN FOUND;
END $function$;
GRANT EXECUTE ON FUNCTION openclaw.add_tenant(text,text,jsonb,text) TO openclaw_directory;

-- Asks for a deletion; the database says when it is due.
CREATE OR REPLACE FUNCTION openclaw.ask_tenant_deletion(p_id text, p_from text[], p_wait_ms bigint)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  UPDATE openclaw.tenants SET status = 'deleting', restored_as = status,
      delete_at = clock_timestamp() + greatest(p_wait_ms, (SELECT least_ms FROM openclaw.deletion_wait)) * interval '1 millisecond'
    WHERE id = p_id AND status = ANY (p_from);
  RETURN FOUND;
END $function$;
GRANT EXECUTE ON FUNCTION openclaw.ask_tenant_deletion(text,text[],bigint) TO openclaw_directory;

-- Begins the destruction of a tenant; false when that is not due.
CREATE OR REPLACE FUNCTION openclaw.begin_destroying(p_id text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  UPDATE openclaw.tenants SET destroying_since = coalesce(destroying_since, clock_timestamp())
    WHERE id = p_id AND status = 'deleting' AND delete_at <= clock_timestamp();
  RETURN FOUND;
END $function$;
GRANT EXECUTE ON FUNCTION openclaw.begin_destroying(text) TO openclaw_provisioning_directory;

-- Keys are destroyed of a tenant whose deletion is due and of no other; from then on it cannot be called off.
CREATE OR REPLACE FUNCTION openclaw.begin_tenant_destruction()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  v_status text;
BEGIN
  SELECT status INTO v_status FROM openclaw.tenants WHERE id = NEW.tenant_id FOR UPDATE;
  IF v_status NOT IN ('deleting', 'deleted') THEN
    RAISE EXCEPTION 'the deletion of the tenant is not due' USING ERRCODE = 'restrict_violation';
  END IF;
  UPDATE openclaw.tenants SET destroying_since = clock_timestamp()
    WHERE id = NEW.tenant_id AND status = 'deleting' AND destroying_since IS NULL;
  RETURN NEW;
END $function$;

-- A tenant is gone; a trigger refuses while its destruction has not begun.
CREATE OR REPLACE FUNCTION openclaw.close_tenant(p_id text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  UPDATE openclaw.tenants SET status = 'deleted', delete_at = NULL, restored_as = NULL
    WHERE id = p_id AND status = 'deleting';
  RETURN FOUND;
END $function$;
GRANT EXECUTE ON FUNCTION openclaw.close_tenant(text) TO openclaw_provisioning_directory;

-- The new form was read and opened: the old one can go.
CREATE OR REPLACE FUNCTION openclaw.confirm_data_key(p_id text, p_sealed bytea)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  UPDATE openclaw.data_keys SET sealed_before = NULL, wrapped_by_before = NULL
    WHERE id = p_id AND sealed = p_sealed AND sealed_before IS NOT NULL;
  RETURN FOUND;
END $function$;
GRANT EXECUTE ON FUNCTION openclaw.confirm_data_key(text,bytea) TO openclaw_provisioning_directory;

-- Destroys the keys of a tenant whose deletion is due; a trigger refuses any other.
CREATE OR REPLACE FUNCTION openclaw.destroy_data_keys(p_tenant text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  UPDATE openclaw.data_keys SET sealed = NULL, wrapped_by = NULL, destroyed_at = clock_timestamp()
    WHERE tenant_id = p_tenant AND tenant_id <> 'installation' AND destroyed_at IS NULL
$function$;
GRANT EXECUTE ON FUNCTION openclaw.destroy_data_keys(text) TO openclaw_provisioning_directory;

-- Trigger: a deletion waits its time, and is never moved to an earlier one.
CREATE OR REPLACE FUNCTION openclaw.guard_deletion_time()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  IF NEW.delete_at < coalesce(OLD.delete_at, now() + (SELECT least_ms FROM openclaw.deletion_wait) * interval '1 millisecond') THEN
    RAISE EXCEPTION 'a deletion is due no sooner than its waiting time says' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $function$;

-- Nothing is destroyed before the deletion is due, and what has begun is not forgotten.
CREATE OR REPLACE FUNCTION openclaw.guard_tenant_destruction()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  IF OLD.destroying_since IS NOT NULL AND NEW.destroying_since IS DISTINCT FROM OLD.destroying_since THEN
    RAISE EXCEPTION 'what has begun to be destroyed stays so' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.destroying_since IS NOT NULL AND OLD.destroying_since IS NULL
    AND (OLD.status <> 'deleting' OR OLD.delete_at > clock_timestamp()) THEN
    RAISE EXCEPTION 'the deletion of the tenant is not due' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $function$;

-- Trigger: what was destroyed stays so, and a key is wrapped anew only beside what it was.
CREATE OR REPLACE FUNCTION openclaw.hold_data_key()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  IF OLD.destroyed_at IS NOT NULL THEN
    RAISE EXCEPTION 'a destroyed key stays destroyed' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.id, NEW.tenant_id, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.tenant_id, OLD.created_at) THEN
    RAISE EXCEPTION 'a key stays whose it is' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.destroyed_at IS NOT NULL THEN
    NEW.sealed_before := NULL;
    NEW.wrapped_by_before := NULL;
    RETURN NEW;
  END IF;
  IF (NEW.sealed, NEW.wrapped_by) IS NOT DISTINCT FROM (OLD.sealed, OLD.wrapped_by) THEN
    IF NEW.sealed_before IS NULL OR NEW.sealed_before IS NOT DISTINCT FROM OLD.sealed_before THEN
      RETURN NEW;
    END IF;
  ELSIF OLD.sealed_before IS NULL THEN
    IF (NEW.sealed_before, NEW.wrapped_by_before) IS NOT DISTINCT FROM (OLD.sealed, OLD.wrapped_by) THEN
      RETURN NEW;
    END IF;
  ELSIF (NEW.sealed, NEW.wrapped_by) IS NOT DISTINCT FROM (OLD.sealed_before, OLD.wrapped_by_before)
    AND NEW.sealed_before IS NULL THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a wrapped key is not written over: the new form stands beside the old one' USING ERRCODE = 'restrict_violation';
END $function$;

-- Stores a former master key, wrapped by the active one.
CREATE OR REPLACE FUNCTION openclaw.keep_master_key(p_id text, p_sealed bytea, p_wrapped_by text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  INSERT INTO openclaw.data_keys (id, tenant_id, sealed, wrapped_by) VALUES (p_id, 'installation', p_sealed, p_wrapped_by)
  ON CONFLICT (id) DO NOTHING
$function$;
GRANT EXECUTE ON FUNCTION openclaw.keep_master_key(text,bytea,text) TO openclaw_provisioning_directory;

-- Refuses steps that do not exist and keeps the times of standing still.
CREATE OR REPLACE FUNCTION openclaw.keep_tenant_steps()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  IF NEW.status <> OLD.status THEN
    IF (OLD.status, NEW.status) NOT IN (('provisioning', 'active'), ('active', 'suspended'), ('suspended', 'active'),
      ('active', 'deleting'), ('suspended', 'deleting'), ('deleting', 'active'), ('deleting', 'suspended'),
      ('deleting', 'deleted')) THEN
      RAISE EXCEPTION 'a tenant does not go from % to %', OLD.status, NEW.status USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status = 'deleted' AND (OLD.delete_at > clock_timestamp() OR OLD.destroying_since IS NULL) THEN
      RAISE EXCEPTION 'the destruction of the tenant has not begun' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status = 'deleting' AND NEW.status <> 'deleted' AND OLD.destroying_since IS NOT NULL THEN
      RAISE EXCEPTION 'the destruction of the tenant has begun' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status = 'active' THEN
      UPDATE openclaw.tenant_suspensions SET resumed_at = clock_timestamp()
        WHERE tenant_id = NEW.id AND resumed_at IS NULL;
    ELSIF OLD.status = 'active' AND NEW.status IN ('suspended', 'deleting') THEN
      INSERT INTO openclaw.tenant_suspensions (tenant_id, suspended_at) VALUES (NEW.id, clock_timestamp());
    END IF;
  END IF;
  RETURN NULL;
END $function$;

-- Suspends and resumes a tenant, and calls its deletion off until it has begun.
CREATE OR REPLACE FUNCTION openclaw.move_tenant(p_id text, p_from text[], p_to text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  IF p_to NOT IN ('active', 'suspended') OR 'provisioning' = ANY (p_from) THEN
    RAISE EXCEPTION 'a tenant is only suspended, resumed and restored this way' USING ERRCODE = 'restrict_violation';
  END IF;
  UPDATE openclaw.tenants SET status = p_to, delete_at = NULL, restored_as = NULL
    WHERE id = p_id AND status = ANY (p_from) AND destroying_since IS NULL;
  RETURN FOUND;
END $function$;
GRANT EXECUTE ON FUNCTION openclaw.move_tenant(text,text[],text) TO openclaw_directory;

-- A tenant is complete: people may sign in.
CREATE OR REPLACE FUNCTION openclaw.open_tenant(p_id text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  UPDATE openclaw.tenants SET status = 'active' WHERE id = p_id AND status = 'provisioning';
  RETURN FOUND;
END $function$;
GRANT EXECUTE ON FUNCTION openclaw.open_tenant(text) TO openclaw_provisioning_directory;

-- The new form does not open: the old one is back.
CREATE OR REPLACE FUNCTION openclaw.restore_data_key(p_id text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  UPDATE openclaw.data_keys SET sealed = sealed_before, wrapped_by = wrapped_by_before, sealed_before = NULL, wrapped_by_before = NULL
    WHERE id = p_id AND sealed_before IS NOT NULL;
  RETURN FOUND;
END $function$;
GRANT EXECUTE ON FUNCTION openclaw.restore_data_key(text) TO openclaw_provisioning_directory;

-- Puts the new form of a key beside the one that was read; false when it is no longer that one.
CREATE OR REPLACE FUNCTION openclaw.rewrap_data_key(p_id text, p_was bytea, p_sealed bytea, p_wrapped_by text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  UPDATE openclaw.data_keys SET sealed = p_sealed, wrapped_by = p_wrapped_by, wrapped_at = now(),
      sealed_before = sealed, wrapped_by_before = wrapped_by
    WHERE id = p_id AND sealed = p_was AND sealed_before IS NULL;
  RETURN FOUND;
END $function$;
GRANT EXECUTE ON FUNCTION openclaw.rewrap_data_key(text,bytea,bytea,text) TO openclaw_provisioning_directory;

-- Sets how long deletions that are asked for from now on wait at least.
CREATE OR REPLACE FUNCTION openclaw.set_deletion_wait(p_ms bigint)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  UPDATE openclaw.deletion_wait SET least_ms = p_ms WHERE least_ms <> p_ms
$function$;
GRANT EXECUTE ON FUNCTION openclaw.set_deletion_wait(bigint) TO openclaw_provisioning_directory;

-- This work has just been done, by the database's clock alone.
CREATE OR REPLACE FUNCTION openclaw.upkeep_done(p_kind text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  INSERT INTO openclaw.upkeep (kind, done_at) VALUES (p_kind, clock_timestamp())
    ON CONFLICT (kind) DO UPDATE SET done_at = EXCLUDED.done_at;
$function$;
GRANT EXECUTE ON FUNCTION openclaw.upkeep_done(text) TO openclaw_provisioning_directory;
GRANT EXECUTE ON FUNCTION openclaw.upkeep_done(text) TO openclaw_worker_directory;

-- From now on this work is expected.
CREATE OR REPLACE FUNCTION openclaw.upkeep_wanted(p_kind text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  INSERT INTO openclaw.upkeep (kind) VALUES (p_kind) ON CONFLICT (kind) DO NOTHING;
$function$;
GRANT EXECUTE ON FUNCTION openclaw.upkeep_wanted(text) TO openclaw_worker_directory;
