package timesheets.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Names and texts that look like work. */
final class DemoWords {

    static final List<String> CUSTOMERS_OF_ACME = List.of(
            "Alpine Outdoor",
            "Baltic Freight",
            "Brightside Clinics",
            "Cedar & Sons",
            "Copperfield Books",
            "Delta Water Works",
            "Eastgate Bakery",
            "Fjord Seafood",
            "Greenfield Farms",
            "Harbour Hotels",
            "Ivory Piano House",
            "Juniper Insurance",
            "Kestrel Aviation",
            "Lakeview Schools",
            "Maple Furniture",
            "Northwind Energy",
            "Orchard Grocers",
            "Pinecrest Homes",
            "Quarry Stoneworks",
            "Riverbend Theatre");

    static final List<String> CUSTOMERS_OF_GLOBEX = List.of(
            "Amber Optics",
            "Bluebird Couriers",
            "Canal Street Dental",
            "Dovetail Joinery",
            "Elmwood Pharmacy",
            "Falcon Security",
            "Granite Bank",
            "Hollow Oak Brewery",
            "Indigo Textiles",
            "Jetty Marine Supplies",
            "Kingfisher Travel",
            "Lantern Publishing",
            "Meridian Rail",
            "Nimbus Telecom",
            "Obsidian Glass",
            "Prairie Foods",
            "Quayside Logistics",
            "Redwood Legal",
            "Silverline Clinics",
            "Tideway Ferries");

    private static final List<String> PROJECTS = List.of(
            "Website relaunch",
            "Booking portal",
            "Data migration",
            "Annual maintenance",
            "Mobile app",
            "Invoice automation",
            "Warehouse dashboard",
            "Security review",
            "Payroll integration",
            "Customer survey");

    private static final List<String> ACTIVITIES = List.of(
            "Workshop with the customer",
            "Code review",
            "Fixed the import of last month's invoices",
            "Wrote the acceptance tests",
            "Call about the next release",
            "Prepared the demo",
            "Interviews with users",
            "Set up the staging system",
            "Drafted the data model",
            "Answered questions from support",
            "Performance measurements",
            "Updated the documentation",
            "Planned the next two weeks",
            "Analysed the error reports",
            "Trained two new colleagues of the customer");

    private DemoWords() {}

    static String email(String customer) {
        return "office@" + customer.toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "-") + ".example";
    }

    /** Three different ones. */
    static List<String> projects(Random random) {
        List<String> left = new ArrayList<>(PROJECTS);
        List<String> chosen = new ArrayList<>();
        while (chosen.size() < 3) {
            chosen.add(left.remove(random.nextInt(left.size())));
        }
        return chosen;
    }

    static String activity(Random random) {
        return ACTIVITIES.get(random.nextInt(ACTIVITIES.size()));
    }
}
