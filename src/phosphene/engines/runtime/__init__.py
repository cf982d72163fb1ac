"""How the networks of a model are run: device, memory, graphs and batches."""
