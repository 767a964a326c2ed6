"""EventBridge Scheduler → one Fargate task of ECS, as Terraform."""

from __future__ import annotations

import json
from typing import Any

from advisor.delivery.entries.aws_when import CPU, MEMORY, NOTES, TRIES, expressions, task_arguments, trust
from advisor.delivery.entries.entry import Entry

TEXT = """\
# advisor report {name}
# {notes}

variable "image" {{ description = "Image with advisor and advisor.toml in its working folder" }}
variable "cluster_arn" {{}}
variable "region" {{}}
variable "subnets" {{ type = list(string) }}
variable "security_groups" {{ type = list(string) }}
variable "assign_public_ip" {{ default = false }}
{secrets}
resource "aws_cloudwatch_log_group" "{id}" {{
  name              = "/advisor/{unit}"
  retention_in_days = 90
}}

resource "aws_iam_role" "{id}_execution" {{
  name               = "{unit}-execution"
  assume_role_policy = jsonencode({tasks})
}}

resource "aws_iam_role_policy_attachment" "{id}_execution" {{
  role       = aws_iam_role.{id}_execution.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}}
{secret_policy}
resource "aws_iam_role" "{id}_task" {{
  name               = "{unit}-task"
  assume_role_policy = jsonencode({tasks})
}}

resource "aws_iam_role_policy" "{id}_task" {{
  role   = aws_iam_role.{id}_task.id
  policy = jsonencode({policy})
}}

resource "aws_ecs_task_definition" "{id}" {{
  family                   = "{unit}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = {cpu}
  memory                   = {memory}
  execution_role_arn       = aws_iam_role.{id}_execution.arn
  task_role_arn            = aws_iam_role.{id}_task.arn
  container_definitions = jsonencode([{{
    name      = "advisor"
    image     = var.image
    essential = true
    command   = {command}
    secrets   = [{secret_list}]
    logConfiguration = {{
      logDriver = "awslogs"
      options = {{
        "awslogs-group"         = aws_cloudwatch_log_group.{id}.name
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = "advisor"
      }}
    }}
  }}])
}}

resource "aws_iam_role" "{id}_scheduler" {{
  name               = "{unit}-scheduler"
  assume_role_policy = jsonencode({scheduler})
}}

resource "aws_iam_role_policy" "{id}_scheduler" {{
  role = aws_iam_role.{id}_scheduler.id
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [
      {{
        Effect    = "Allow"
        Action    = "ecs:RunTask"
        Resource  = aws_ecs_task_definition.{id}.arn
        Condition = {{ ArnEquals = {{ "ecs:cluster" = var.cluster_arn }} }}
      }},
      {{
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = [aws_iam_role.{id}_execution.arn, aws_iam_role.{id}_task.arn]
        Condition = {{ StringEquals = {{ "iam:PassedToService" = "ecs-tasks.amazonaws.com" }} }}
      }},
    ]
  }})
}}
"""
SCHEDULE = """
resource "aws_scheduler_schedule" "{id}{number}" {{
  name                         = "{unit}{dash}"
  schedule_expression          = "{words}"
  schedule_expression_timezone = "{zone}"
  flexible_time_window {{ mode = "OFF" }}
  target {{
    arn      = var.cluster_arn
    role_arn = aws_iam_role.{id}_scheduler.arn
    ecs_parameters {{
      task_definition_arn = aws_ecs_task_definition.{id}.arn
      launch_type         = "FARGATE"
      task_count          = 1
      network_configuration {{
        subnets          = var.subnets
        security_groups  = var.security_groups
        assign_public_ip = var.assign_public_ip
      }}
    }}
    retry_policy {{
      maximum_retry_attempts       = {tries}
      maximum_event_age_in_seconds = 3600
    }}
  }}
}}
"""
ALLOWED_SECRETS = """
resource "aws_iam_role_policy" "{id}_secrets" {{
  role = aws_iam_role.{id}_execution.id
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = [{arns}] }}]
  }})
}}
"""


def entry(entry: Entry) -> str:
    """Return the file."""
    name = entry.schedule.name
    common = {
        "id": name.replace("-", "_") if name[0].isalpha() else f"s_{name.replace('-', '_')}",
        "unit": f"advisor-{name}",
    }
    variables = [(v, v.lower() + "_secret_arn") for v in entry.variables]
    text = TEXT.format(
        **common,
        name=name,
        notes="\n# ".join(NOTES),
        secrets="".join(
            f'variable "{arn}" {{ description = "ARN of the secret for {v}" }}\n' for v, arn in variables
        ),
        secret_policy=ALLOWED_SECRETS.format(**common, arns=", ".join(f"var.{arn}" for _, arn in variables))
        if variables
        else "",
        secret_list=", ".join(f'{{ name = "{v}", valueFrom = var.{arn} }}' for v, arn in variables),
        tasks=_json(trust("ecs-tasks.amazonaws.com")),
        scheduler=_json(trust("scheduler.amazonaws.com")),
        policy=_json(entry.policy),
        command=json.dumps(task_arguments(entry)),
        cpu=CPU,
        memory=MEMORY,
    )
    found = expressions(entry)
    for number, words in enumerate(found, 1):
        many = len(found) > 1
        text += SCHEDULE.format(
            **common,
            number=f"_{number}" if many else "",
            dash=f"-{number}" if many else "",
            words=words,
            zone=entry.schedule.timezone,
            tries=TRIES,
        )
    return text


def _json(document: dict[str, Any]) -> str:
    """Return a document as Terraform reads it: JSON is a part of its language, but for `${` and `%{`."""
    return json.dumps(document, indent=2).replace("${", "$${").replace("%{", "%%{").replace("\n", "\n  ")
