CREATE TABLE "godwit_control"."bot_records" (
	"namespace" text NOT NULL,
	"key" text collate "C" NOT NULL,
	"value" jsonb NOT NULL,
	"version" integer NOT NULL,
	"expires_at" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "bot_records_pkey" PRIMARY KEY("namespace","key")
);
--> statement-breakpoint
CREATE INDEX "bot_records_expires_at_idx" ON "godwit_control"."bot_records" USING btree ("expires_at") WHERE expires_at is not null;