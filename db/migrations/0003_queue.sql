CREATE TABLE "godwit_control"."queue_limits" (
	"single" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"per_target" integer NOT NULL,
	"overall" integer NOT NULL,
	CONSTRAINT "queue_limits_single" CHECK (single)
);
--> statement-breakpoint
ALTER TABLE "godwit_control"."migrations" ADD COLUMN "priority" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "godwit_control"."migrations" ADD COLUMN "queued_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "godwit_control"."migrations" ADD COLUMN "admitted_epoch" bigint;