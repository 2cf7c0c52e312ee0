CREATE TABLE "godwit_control"."webhook_deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"webhook_id" uuid NOT NULL,
	"number" bigint GENERATED ALWAYS AS IDENTITY (sequence name "godwit_control"."webhook_deliveries_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"event_id" uuid NOT NULL,
	"event_type" text NOT NULL,
	"body" text NOT NULL,
	"state" text DEFAULT 'PENDING' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone DEFAULT clock_timestamp(),
	"last_status_code" integer,
	"last_error" text,
	"first_attempt_at" timestamp with time zone,
	"last_attempt_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "webhook_deliveries_webhook_id_event_id_key" UNIQUE("webhook_id","event_id")
);
--> statement-breakpoint
CREATE TABLE "godwit_control"."webhooks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"shown_url" text NOT NULL,
	"sealed" "bytea" NOT NULL,
	"previous_secret_until" timestamp with time zone,
	"event_types" text[],
	"migration_ids" uuid[],
	"enabled" boolean DEFAULT true NOT NULL,
	"disabled_reason" text,
	"cursor_xid" "xid8" DEFAULT pg_snapshot_xmin(pg_current_snapshot()) NOT NULL,
	"cursor_seq" bigint DEFAULT 0 NOT NULL,
	"consecutive_failures" integer DEFAULT 0 NOT NULL,
	"failing_since" timestamp with time zone,
	"claim" uuid,
	"claimed_until" timestamp with time zone,
	"last_turn_at" timestamp with time zone,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"on_behalf_of" text,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "webhooks_name_key" UNIQUE("name")
);
--> statement-breakpoint
ALTER TABLE "godwit_control"."webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "godwit_control"."webhooks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_pending_idx" ON "godwit_control"."webhook_deliveries" USING btree ("webhook_id","number") WHERE state = 'PENDING';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_ended_idx" ON "godwit_control"."webhook_deliveries" USING btree ("last_attempt_at") WHERE state <> 'PENDING';