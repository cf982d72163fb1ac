"""The page and its server: routes, who may use them, and uvicorn."""
