CREATE TABLE "godwit_control"."cutover_decisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"plan_id" uuid NOT NULL,
	"person" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"on_behalf_of" text,
	"decision" text NOT NULL,
	"reason" text,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "cutover_decisions_plan_id_person_key" UNIQUE("plan_id","person")
);
--> statement-breakpoint
CREATE TABLE "godwit_control"."cutover_plans" (
	"id" uuid PRIMARY KEY NOT NULL,
	"migration_id" uuid NOT NULL,
	"digest" text NOT NULL,
	"status" text NOT NULL,
	"options" jsonb NOT NULL,
	"measured" jsonb NOT NULL,
	"predicted_parts" jsonb NOT NULL,
	"migration_version" integer NOT NULL,
	"requirement" jsonb NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"on_behalf_of" text,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"void_reason" text,
	"break_glass_person" text,
	"break_glass_reason" text,
	"break_glass_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "godwit_control"."cutover_decisions" ADD CONSTRAINT "cutover_decisions_plan_id_cutover_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "godwit_control"."cutover_plans"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "godwit_control"."cutover_plans" ADD CONSTRAINT "cutover_plans_migration_id_migrations_id_fk" FOREIGN KEY ("migration_id") REFERENCES "godwit_control"."migrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "cutover_plans_migration_id_idx" ON "godwit_control"."cutover_plans" USING btree ("migration_id");--> statement-breakpoint
CREATE UNIQUE INDEX "cutover_plans_open_key" ON "godwit_control"."cutover_plans" USING btree ("migration_id") WHERE status in ('PENDING', 'APPROVED', 'EXECUTING');