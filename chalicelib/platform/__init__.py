"""AWS clients, the table and its keys, clock, chance, queues, encryption: what a cloud gives."""
