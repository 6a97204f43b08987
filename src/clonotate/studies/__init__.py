"""Questions asked of annotators and policies; each module has run() -> rows and a table or figure of them."""
