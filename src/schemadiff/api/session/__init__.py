"""What planning, proving and comparing share: live beside shadow databases, the scope, and the time that parts take."""
