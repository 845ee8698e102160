"""Who approved a plan: signatures beside it, made and checked by ssh-keygen."""
