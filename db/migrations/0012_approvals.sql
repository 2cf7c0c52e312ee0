CREATE TABLE "godwit_control"."approval_rules" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"required" integer NOT NULL,
	"people" text[] NOT NULL,
	"groups" text[] NOT NULL,
	"endpoint_id" uuid,
	"tag" text,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "approval_rules_name_key" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "godwit_control"."approver_groups" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"members" text[] NOT NULL,
	CONSTRAINT "approver_groups_name_key" UNIQUE("name")
);
--> statement-breakpoint
ALTER TABLE "godwit_control"."cutover_decisions" DROP CONSTRAINT "cutover_decisions_plan_id_person_key";--> statement-breakpoint
ALTER TABLE "godwit_control"."cutover_plans" ADD COLUMN "executed_by" text;--> statement-breakpoint
ALTER TABLE "godwit_control"."approval_rules" ADD CONSTRAINT "approval_rules_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "godwit_control"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "godwit_control"."cutover_decisions" ADD CONSTRAINT "cutover_decisions_plan_id_person_key" UNIQUE("plan_id","person","decision");