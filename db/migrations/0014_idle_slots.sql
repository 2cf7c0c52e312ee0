ALTER TABLE "godwit_control"."streams" ADD COLUMN "slot_claimed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "godwit_control"."streams" ADD COLUMN "slot_measured_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "godwit_control"."streams" ADD COLUMN "slot_retained_bytes" bigint;--> statement-breakpoint
ALTER TABLE "godwit_control"."streams" ADD COLUMN "slot_wal_status" text;--> statement-breakpoint
ALTER TABLE "godwit_control"."streams" ADD COLUMN "slot_safe_wal_bytes" bigint;