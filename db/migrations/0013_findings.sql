ALTER TABLE "godwit_control"."migrations" ADD COLUMN "differs" text;--> statement-breakpoint
ALTER TABLE "godwit_control"."migrations" ADD COLUMN "diverged" text;--> statement-breakpoint
ALTER TABLE "godwit_control"."migrations" ADD COLUMN "diverged_up_to" "pg_lsn";--> statement-breakpoint
ALTER TABLE "godwit_control"."migrations" ADD COLUMN "slot_lost" text;