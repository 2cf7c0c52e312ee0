CREATE TABLE "godwit_control"."alarm_mutes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"migration_id" uuid NOT NULL,
	"kinds" text[],
	"reason" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"on_behalf_of" text,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "godwit_control"."alarm_rules" (
	"migration_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"enabled" boolean,
	"raise" double precision,
	"clear" double precision,
	"samples" integer,
	"clear_samples" integer,
	CONSTRAINT "alarm_rules_pkey" PRIMARY KEY("migration_id","kind")
);
--> statement-breakpoint
CREATE TABLE "godwit_control"."alarm_settings" (
	"migration_id" uuid PRIMARY KEY NOT NULL,
	"escalate_after_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "godwit_control"."alarms" (
	"id" uuid PRIMARY KEY NOT NULL,
	"migration_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"severity" text NOT NULL,
	"state" text NOT NULL,
	"message" text NOT NULL,
	"value" double precision NOT NULL,
	"peak" double precision NOT NULL,
	"threshold" double precision NOT NULL,
	"reopenings" integer NOT NULL,
	"muted" boolean NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"clear_since" timestamp with time zone,
	"acknowledged_at" timestamp with time zone,
	"acknowledged_by" jsonb,
	"acknowledged_note" text,
	"escalated_at" timestamp with time zone,
	"resolved_at" timestamp with time zone,
	"resolution" text,
	"announced" text,
	"announced_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "godwit_control"."alarm_mutes" ADD CONSTRAINT "alarm_mutes_migration_id_migrations_id_fk" FOREIGN KEY ("migration_id") REFERENCES "godwit_control"."migrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "godwit_control"."alarm_rules" ADD CONSTRAINT "alarm_rules_migration_id_migrations_id_fk" FOREIGN KEY ("migration_id") REFERENCES "godwit_control"."migrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "godwit_control"."alarm_settings" ADD CONSTRAINT "alarm_settings_migration_id_migrations_id_fk" FOREIGN KEY ("migration_id") REFERENCES "godwit_control"."migrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "godwit_control"."alarms" ADD CONSTRAINT "alarms_migration_id_migrations_id_fk" FOREIGN KEY ("migration_id") REFERENCES "godwit_control"."migrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alarm_mutes_migration_id_idx" ON "godwit_control"."alarm_mutes" USING btree ("migration_id","until");--> statement-breakpoint
CREATE UNIQUE INDEX "alarms_open_key" ON "godwit_control"."alarms" USING btree ("migration_id","kind") WHERE state <> 'RESOLVED';--> statement-breakpoint
CREATE INDEX "alarms_migration_id_idx" ON "godwit_control"."alarms" USING btree ("migration_id","opened_at");--> statement-breakpoint
CREATE INDEX "alarms_resolved_at_idx" ON "godwit_control"."alarms" USING btree ("resolved_at");--> statement-breakpoint
CREATE INDEX "alarms_unsettled_idx" ON "godwit_control"."alarms" USING btree ("migration_id") WHERE announced = 'FIRING';