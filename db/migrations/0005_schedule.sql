ALTER TABLE "godwit_control"."migrations" ADD COLUMN "schedule" jsonb;--> statement-breakpoint
ALTER TABLE "godwit_control"."migrations" ADD COLUMN "cutover_window" jsonb;