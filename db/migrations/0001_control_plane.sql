ALTER TABLE "godwit_control"."migrations" ADD COLUMN "start_at" timestamp with time zone;--> statement-breakpoint
INSERT INTO "godwit_control"."steps" ("migration_id", "step", "status")
SELECT "id", 'FENCE', CASE WHEN "incremental" THEN 'PENDING' ELSE 'SKIPPED' END FROM "godwit_control"."migrations";
