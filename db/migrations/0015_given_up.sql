ALTER TABLE "godwit_control"."streams" ADD COLUMN "given_up" jsonb;
--> statement-breakpoint
-- It was kept with the fence.
UPDATE "godwit_control"."streams"
   SET "given_up" = nullif("fence" -> 'givenUp', 'null'::jsonb), "fence" = "fence" - 'givenUp'
 WHERE "fence" ? 'givenUp';
