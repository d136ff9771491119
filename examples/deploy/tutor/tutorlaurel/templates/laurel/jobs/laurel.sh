# Brings the database to the form of this version; RabbitMQ is set up by the first process that connects.
laurel migrate
