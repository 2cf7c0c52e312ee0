ALTER TABLE "godwit_control"."migrations" ADD COLUMN "cutover_opens_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "godwit_control"."migrations" ADD COLUMN "cutover_closes_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "godwit_control"."migrations" ADD COLUMN "cutover_told_at" timestamp with time zone;