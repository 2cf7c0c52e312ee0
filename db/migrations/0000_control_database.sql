CREATE SCHEMA "godwit_control";
--> statement-breakpoint
CREATE TABLE "godwit_control"."api_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"scopes" text[] NOT NULL,
	"secret_hash" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"expires_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "godwit_control"."idempotency_keys" (
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"key" text NOT NULL,
	"operation" text NOT NULL,
	"input_hash" "bytea" NOT NULL,
	"result_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY("actor_kind","actor_id","key")
);
--> statement-breakpoint
CREATE TABLE "godwit_control"."audit" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"on_behalf_of" text,
	"operation" text NOT NULL,
	"subject_id" uuid,
	"details" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "godwit_control"."endpoints" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"host" text NOT NULL,
	"port" integer NOT NULL,
	"database_name" text NOT NULL,
	"user_name" text NOT NULL,
	"tls_mode" text NOT NULL,
	"sealed_secrets" "bytea",
	"has_password" boolean NOT NULL,
	"has_ca" boolean NOT NULL,
	"has_client_certificate" boolean NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"deleted_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "godwit_control"."events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"migration_id" uuid NOT NULL,
	"sequence" bigint NOT NULL,
	"xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "godwit_control"."events_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"type" text NOT NULL,
	"message" text NOT NULL,
	"payload" jsonb NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"on_behalf_of" text,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "events_migration_id_sequence_key" UNIQUE("migration_id","sequence")
);
--> statement-breakpoint
CREATE TABLE "godwit_control"."leases" (
	"migration_id" uuid PRIMARY KEY NOT NULL,
	"owner" text,
	"epoch" bigint DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"seen_version" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "godwit_control"."migrations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"short_id" text NOT NULL,
	"name" text NOT NULL,
	"source_id" uuid NOT NULL,
	"target_id" uuid NOT NULL,
	"selection" jsonb NOT NULL,
	"structure" boolean NOT NULL,
	"full_copy" boolean NOT NULL,
	"incremental" boolean NOT NULL,
	"status" text NOT NULL,
	"version" integer NOT NULL,
	"problem_code" text,
	"problem_message" text,
	"problem_remedy" text,
	"problem_at" timestamp with time zone,
	"attempt" integer DEFAULT 0 NOT NULL,
	"first_failure_at" timestamp with time zone,
	"next_attempt_at" timestamp with time zone,
	"event_sequence" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"report" jsonb,
	CONSTRAINT "migrations_short_id_key" UNIQUE("short_id")
);
--> statement-breakpoint
CREATE TABLE "godwit_control"."streams" (
	"migration_id" uuid NOT NULL,
	"name" text NOT NULL,
	"publication_name" text NOT NULL,
	"slot_name" text NOT NULL,
	"consistent_point" "pg_lsn",
	"system_identifier" text,
	"timeline" integer,
	"drain_to" "pg_lsn",
	"held_back" boolean DEFAULT false NOT NULL,
	"lag_thinned_at" timestamp with time zone,
	CONSTRAINT "streams_pkey" PRIMARY KEY("migration_id","name")
);
--> statement-breakpoint
CREATE TABLE "godwit_control"."lag_samples" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "godwit_control"."lag_samples_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"migration_id" uuid NOT NULL,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"bytes" bigint NOT NULL,
	"seconds" double precision NOT NULL,
	"retained_bytes" bigint NOT NULL,
	"source_lsn" "pg_lsn" NOT NULL,
	"applied_lsn" "pg_lsn" NOT NULL,
	"applied_transactions" bigint NOT NULL,
	"applied_changes" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "godwit_control"."steps" (
	"migration_id" uuid NOT NULL,
	"step" text NOT NULL,
	"status" text NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"detail" text,
	CONSTRAINT "steps_pkey" PRIMARY KEY("migration_id","step")
);
--> statement-breakpoint
CREATE TABLE "godwit_control"."table_progress" (
	"migration_id" uuid NOT NULL,
	"schema_name" text NOT NULL,
	"table_name" text NOT NULL,
	"status" text NOT NULL,
	"estimated_rows" double precision,
	"size_bytes" bigint NOT NULL,
	"copied_rows" bigint NOT NULL,
	"copied_bytes" bigint NOT NULL,
	CONSTRAINT "table_progress_pkey" PRIMARY KEY("migration_id","schema_name","table_name")
);
--> statement-breakpoint
CREATE TABLE "godwit_control"."verify_reports" (
	"migration_id" uuid PRIMARY KEY NOT NULL,
	"outcome" text NOT NULL,
	"checks" jsonb NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "godwit_control"."events" ADD CONSTRAINT "events_migration_id_migrations_id_fk" FOREIGN KEY ("migration_id") REFERENCES "godwit_control"."migrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "godwit_control"."leases" ADD CONSTRAINT "leases_migration_id_migrations_id_fk" FOREIGN KEY ("migration_id") REFERENCES "godwit_control"."migrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "godwit_control"."migrations" ADD CONSTRAINT "migrations_source_id_endpoints_id_fk" FOREIGN KEY ("source_id") REFERENCES "godwit_control"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "godwit_control"."migrations" ADD CONSTRAINT "migrations_target_id_endpoints_id_fk" FOREIGN KEY ("target_id") REFERENCES "godwit_control"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "godwit_control"."streams" ADD CONSTRAINT "streams_migration_id_migrations_id_fk" FOREIGN KEY ("migration_id") REFERENCES "godwit_control"."migrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "godwit_control"."lag_samples" ADD CONSTRAINT "lag_samples_migration_id_migrations_id_fk" FOREIGN KEY ("migration_id") REFERENCES "godwit_control"."migrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "godwit_control"."steps" ADD CONSTRAINT "steps_migration_id_migrations_id_fk" FOREIGN KEY ("migration_id") REFERENCES "godwit_control"."migrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "godwit_control"."table_progress" ADD CONSTRAINT "table_progress_migration_id_migrations_id_fk" FOREIGN KEY ("migration_id") REFERENCES "godwit_control"."migrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "godwit_control"."verify_reports" ADD CONSTRAINT "verify_reports_migration_id_migrations_id_fk" FOREIGN KEY ("migration_id") REFERENCES "godwit_control"."migrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_tokens_secret_hash_idx" ON "godwit_control"."api_tokens" USING btree ("secret_hash");--> statement-breakpoint
CREATE INDEX "idempotency_keys_created_at_idx" ON "godwit_control"."idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "endpoints_name_key" ON "godwit_control"."endpoints" USING btree ("name") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "events_xid_seq_idx" ON "godwit_control"."events" USING btree ("xid","seq");--> statement-breakpoint
CREATE INDEX "migrations_status_idx" ON "godwit_control"."migrations" USING btree ("status");--> statement-breakpoint
CREATE INDEX "migrations_source_id_idx" ON "godwit_control"."migrations" USING btree ("source_id");--> statement-breakpoint
CREATE INDEX "migrations_target_id_idx" ON "godwit_control"."migrations" USING btree ("target_id");--> statement-breakpoint
CREATE INDEX "lag_samples_migration_id_at_idx" ON "godwit_control"."lag_samples" USING btree ("migration_id","at");