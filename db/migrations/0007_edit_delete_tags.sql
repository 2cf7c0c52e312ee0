ALTER TABLE "godwit_control"."migrations" ADD COLUMN "tags" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "godwit_control"."migrations" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "migrations_tags_idx" ON "godwit_control"."migrations" USING gin ("tags");