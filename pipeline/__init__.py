"""均衡 Junheng: from a county's school tables to a defensible evaluation dossier."""
