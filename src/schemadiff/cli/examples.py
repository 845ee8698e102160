"""What one types: examples under the help of each command."""

EXAMPLES: dict[str, tuple[str, ...]] = {
    "init": ("schemadiff init", "schemadiff init --from-live"),
    "pull": ("schemadiff pull", "schemadiff pull --check"),
    "plan": (
        "schemadiff plan --name add_orders",
        "schemadiff plan --name drop_fax --allow data-loss",
        "schemadiff plan --rename app.orders.state=app.orders.status",
        "schemadiff plan --env staging --exit-code",
        "schemadiff plan --live live.schemadiff",
    ),
    "rebase": ("schemadiff rebase add_orders",),
    "show": ("schemadiff show add_orders", "schemadiff show add_orders --format sql"),
    "prove": ("schemadiff prove add_orders",),
    "approve": ("schemadiff approve add_orders", "schemadiff approve add_orders --key ~/.ssh/id_ed25519"),
    "apply": (
        "schemadiff apply add_orders",
        "schemadiff apply add_orders --approve DIGEST",
        "schemadiff apply add_orders --dry-run",
        "schemadiff apply add_orders --auto-approve --require-approvals 2 --allowed-signers ~/allowed_signers",
    ),
    "rollback": ("schemadiff rollback add_orders", "schemadiff rollback add_orders --lock-timeout 1s"),
    "mark-applied": ("schemadiff mark-applied add_orders", "schemadiff mark-applied add_orders --rolled-back"),
    "adopt": ("schemadiff adopt --applied 20261127093000", "schemadiff adopt --baseline by_hand"),
    "verify": ("schemadiff verify", "schemadiff verify add_orders --env production"),
    "status": ("schemadiff status --last 5", "schemadiff status --all-envs", "schemadiff status --format json"),
    "purge": ("schemadiff purge --older-than 30d",),
    "snapshot": ("schemadiff snapshot", "schemadiff snapshot --bodies --env production --out live.schemadiff"),
    "drift": ("schemadiff drift --exit-code", "schemadiff drift --env production --format json"),
    "access": ("schemadiff access --role anon", "schemadiff access --live --format json"),
    "render": (
        "schemadiff render desired_schema/find_row.sql.j2",
        "schemadiff render limits.sql.j2 --var max_rows=500",
    ),
    "dev": ("schemadiff dev --env local",),
    "mcp": ("schemadiff mcp", "claude mcp add schemadiff -- schemadiff mcp"),
    "types": ("schemadiff types --out src/database.types.ts", "schemadiff types --check --out src/database.types.ts"),
    "lint": ("schemadiff lint --fail-on warn", "schemadiff lint --live"),
    "diff": ("schemadiff diff old_schema desired_schema", "schemadiff diff postgresql://localhost/app desired_schema"),
    "demo": ("schemadiff demo",),
    "completion": (
        'eval "$(schemadiff completion bash)"     # in ~/.bashrc',
        'eval "$(schemadiff completion zsh)"      # in ~/.zshrc',
        "schemadiff completion fish | source      # in ~/.config/fish/config.fish",
    ),
}
"""By command; lines beside the prompt of a shell."""
